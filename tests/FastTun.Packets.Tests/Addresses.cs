using System.Buffers.Binary;
using System.Net;

namespace FastTun.Packets.Tests;

/// <summary>Addresses as text, in the numbers that the header views use.</summary>
internal static class Addresses
{
    public static uint V4(string address) =>
        BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());

    public static UInt128 V6(string address) =>
        BinaryPrimitives.ReadUInt128BigEndian(IPAddress.Parse(address).GetAddressBytes());

    public static IPAddress Of(uint address)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }

    public static IPAddress Of(UInt128 address)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(bytes);
    }
}
