namespace FastTun.Traffic.Tests.Trials;

public sealed class TrialClockTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    private long _looks;

    [Fact]
    public async Task What_goes_on_arriving_is_waited_for_longer_than_the_quiet_time()
    {
        // There are at most 100 looks a second.
        await new TrialClock(new TrialOptions()).WaitForQuietAsync(() => ++_looks, () => _looks == 20, Quiet);
        Assert.Equal(20, _looks);
    }

    [Fact]
    public async Task What_does_not_arrive_is_given_up()
    {
        await new TrialClock(new TrialOptions()).WaitForQuietAsync(() => _looks++ * 0, () => false, Quiet);
        Assert.InRange(_looks, 1, long.MaxValue);
    }

    [Fact]
    public async Task What_arrives_for_ever_is_given_up_too()
    {
        var clock = new TrialClock(new TrialOptions { DrainTimeout = Quiet });
        await clock.WaitForQuietAsync(() => ++_looks, () => false, TimeSpan.FromDays(1));
        Assert.InRange(_looks, 1, long.MaxValue);
    }
}
