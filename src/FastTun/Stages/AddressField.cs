namespace FastTun.Stages;

/// <summary>Which address of a packet, or which port.</summary>
public enum AddressField
{
    /// <summary>The sender's.</summary>
    Source,

    /// <summary>The receiver's.</summary>
    Destination,
}
