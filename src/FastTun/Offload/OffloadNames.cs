using FastTun.Linux.Tun;

namespace FastTun.Offload;

/// <summary>What people call the kinds of unfinished packets.</summary>
public static class OffloadNames
{
    /// <summary>A plural, such as "super-packets of TCP over IPv4".</summary>
    /// <param name="offload">One kind.</param>
    public static string Describe(TunOffloads offload) => offload switch
    {
        TunOffloads.Checksum => "partial checksums",
        TunOffloads.Tcp4 => "super-packets of TCP over IPv4",
        TunOffloads.Tcp6 => "super-packets of TCP over IPv6",
        TunOffloads.TcpEcn => "super-packets of TCP with ECN",
        TunOffloads.Udp4 => "super-packets of UDP over IPv4",
        TunOffloads.Udp6 => "super-packets of UDP over IPv6",
        _ => offload.ToString(),
    };
}
