namespace FastTun.Offload;

/// <summary>What a packet means to the flows that are being joined.</summary>
internal enum FlowRole : byte
{
    /// <summary>It is neither TCP nor UDP: no flow's order depends on it.</summary>
    Unrelated,

    /// <summary>
    /// It may belong to any flow (a fragment, options, extension headers, malformed): none may overtake it.
    /// </summary>
    AnyFlow,

    /// <summary>It belongs to a flow but joins nothing, and what comes behind it must stay behind.</summary>
    Alone,

    /// <summary>It may be joined, and be joined to.</summary>
    Joinable,
}
