using FastTun.Linux.Tun;
using FastTun.TestKit;

namespace FastTun.Linux.Tests.Tun;

/// <summary>What is asked of kernels that know less than all.</summary>
public class OffloadRulesTests
{
    private const TunOffloads NoUdp = TunOffloads.All & ~TunOffloads.Udp;

    [Theory]
    [InlineData(TunOffloads.All, TunOffloads.All, TunOffloads.All)]
    [InlineData(TunOffloads.All, NoUdp, NoUdp)]
    [InlineData(TunOffloads.All, TunOffloads.Checksum, TunOffloads.Checksum)]
    [InlineData(TunOffloads.All, TunOffloads.None, TunOffloads.None)]
    [InlineData(TunOffloads.Checksum | TunOffloads.Tcp4, NoUdp, TunOffloads.Checksum | TunOffloads.Tcp4)]
    [InlineData(TunOffloads.Checksum | TunOffloads.Udp, NoUdp, TunOffloads.Checksum)]
    [InlineData(TunOffloads.None, TunOffloads.All, TunOffloads.None)]
    public void The_best_that_is_known_is_granted(TunOffloads wanted, TunOffloads known, TunOffloads expected)
    {
        TunOffloads last = (TunOffloads)(-1);
        SysResult answer = TunOffloadRules.Negotiate(
            wanted,
            mask =>
            {
                last = mask;
                return (mask & ~known) == 0 ? SysResult.Success(0) : SysResult.Failure(Errno.EINVAL);
            },
            out TunOffloads granted);

        Assert.True(answer.IsSuccess);
        Assert.Equal((expected, expected), (granted, last));
    }

    [Fact]
    public void Another_refusal_ends_the_search()
    {
        int asked = 0;
        SysResult Refuse(TunOffloads mask)
        {
            asked++;
            return SysResult.Failure(Errno.EBADFD);
        }

        Assert.Equal(Errno.EBADFD, TunOffloadRules.Negotiate(TunOffloads.All, Refuse, out _).Error);
        Assert.Equal(1, asked);
    }

    [Fact]
    public void What_the_rules_allow_is_what_the_driver_takes()
    {
        using PrivateNetwork network = PrivateNetwork.Create();
        var options = new TunDeviceOptions { VirtioNetHeader = true, Namespace = network.Namespace };
        using TunDevice device = TunDevice.Open(options);
        int taken = 0;
        IEnumerable<TunOffloads> all = Enumerable.Range(0, (int)TunOffloads.All + 1).Select(mask => (TunOffloads)mask);
        foreach (TunOffloads offloads in all.Where(offloads => (offloads & ~TunOffloads.All) == 0))
        {
            SysResult answer = TunIoctl.SetOffload(device.Queues[0].Descriptor, offloads);
            bool isAllowed = TunOffloadRules.WithoutUnsupported(offloads) == offloads;
            Assert.True(answer.IsSuccess == isAllowed, $"{offloads}: {answer}");
            taken += isAllowed ? 1 : 0;
        }

        // None; Checksum with one of seven choices of TCP (none; 4, 6 or both, each with ECN or not), with UDP or not.
        Assert.Equal(1 + 7 * 2, taken);
    }
}
