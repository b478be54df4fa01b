using System.Net;
using FastTun.Linux;

namespace FastTun.Traffic;

/// <summary>Between which hosts a trial runs. What forwards in between is none of its business.</summary>
/// <param name="SenderNetwork">Where the sender's sockets live; it belongs to the caller.</param>
/// <param name="SenderAddress">The address they have.</param>
/// <param name="TargetAddress">The address they send to; what forwards may translate it.</param>
/// <param name="ReceiverNetwork">Where the receiver's sockets live; it belongs to the caller.</param>
/// <param name="ReceiverAddress">The address they have.</param>
public sealed record TrialPath(
    NetworkNamespace SenderNetwork,
    IPAddress SenderAddress,
    IPAddress TargetAddress,
    NetworkNamespace ReceiverNetwork,
    IPAddress ReceiverAddress)
{
    /// <summary>The sender's and the target's address, for messages.</summary>
    public override string ToString() => $"{SenderAddress} to {TargetAddress}";

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(SenderNetwork);
        ArgumentNullException.ThrowIfNull(SenderAddress);
        ArgumentNullException.ThrowIfNull(TargetAddress);
        ArgumentNullException.ThrowIfNull(ReceiverNetwork);
        ArgumentNullException.ThrowIfNull(ReceiverAddress);
        foreach (IPAddress other in (IPAddress[])[TargetAddress, ReceiverAddress])
        {
            if (other.AddressFamily != SenderAddress.AddressFamily)
                throw new ArgumentException($"{SenderAddress} to {other}: the addresses are of different families");
        }
    }
}
