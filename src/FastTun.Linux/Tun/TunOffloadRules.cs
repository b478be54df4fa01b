namespace FastTun.Linux.Tun;

/// <summary>Which sets of offloads the driver takes (set_offload in tun.c), and the search for the best.</summary>
internal static class TunOffloadRules
{
    public const string Rule =
        "all need Checksum, TcpEcn needs Tcp4 or Tcp6, and Udp4 and Udp6 go together";

    /// <summary>The largest part of a set that keeps the rules.</summary>
    public static TunOffloads WithoutUnsupported(TunOffloads offloads)
    {
        if (!offloads.HasFlag(TunOffloads.Checksum))
            return TunOffloads.None;
        if ((offloads & (TunOffloads.Tcp4 | TunOffloads.Tcp6)) == 0)
            offloads &= ~TunOffloads.TcpEcn;
        if (!offloads.HasFlag(TunOffloads.Udp))
            offloads &= ~TunOffloads.Udp;
        return offloads & TunOffloads.All;
    }

    /// <summary>
    /// Asks for all that is wanted, and then for less and less: no request says what a kernel knows, and one unknown bit
    /// makes it refuse the whole mask.
    /// </summary>
    /// <param name="wanted">A set that keeps the rules.</param>
    /// <param name="ask">Asks the kernel for one set.</param>
    /// <param name="granted">What it took.</param>
    /// <returns>The last answer: a failure where not even none was taken, or for another reason than EINVAL.</returns>
    public static SysResult Negotiate(TunOffloads wanted, Func<TunOffloads, SysResult> ask, out TunOffloads granted)
    {
        ReadOnlySpan<TunOffloads> ladder =
            [TunOffloads.All, TunOffloads.All & ~TunOffloads.Udp, TunOffloads.Checksum, TunOffloads.None];
        SysResult answer = default;
        granted = TunOffloads.None;
        foreach (TunOffloads rung in ladder)
        {
            granted = wanted & rung;
            answer = ask(granted);
            if (answer.Error != Errno.EINVAL)
                break;
        }

        return answer;
    }
}
