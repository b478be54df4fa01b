using FastTun.Engine;

namespace FastTun.Tests.Engine;

public class IdleSpinTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMicroseconds(50);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void It_goes_on_up_to_the_limit()
    {
        var spin = new IdleSpin(Limit, _time);
        spin.Begin();
        Assert.True(spin.GoesOn());
        _time.Advance(Limit - TimeSpan.FromMicroseconds(1));
        Assert.True(spin.GoesOn());
        _time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.False(spin.GoesOn());
    }

    [Fact]
    public void A_long_gap_ends_it_and_a_short_one_begins_it_again()
    {
        var spin = new IdleSpin(Limit, _time);
        Idle(ref spin, TimeSpan.FromSeconds(10));
        spin.Begin();
        Assert.False(spin.GoesOn());
        spin.End();
        Idle(ref spin, TimeSpan.FromMicroseconds(10));
        spin.Begin();
        Assert.True(spin.GoesOn());
    }

    [Fact]
    public void Gaps_that_stay_long_keep_it_off()
    {
        var spin = new IdleSpin(Limit, _time);
        for (int i = 0; i < 100; i++)
        {
            Idle(ref spin, 2 * Limit);
            spin.Begin();
            Assert.Equal(i < 2, spin.GoesOn());
        }
    }

    [Fact]
    public void Off_it_never_goes_on()
    {
        IdleSpin none = default, zero = new(TimeSpan.Zero, _time);
        none.Begin();
        zero.Begin();
        Assert.False(none.GoesOn() || zero.GoesOn());
        none.End();
        zero.End();
    }

    private void Idle(ref IdleSpin spin, TimeSpan gap)
    {
        spin.Begin();
        _time.Advance(gap);
        spin.End();
    }
}
