using CsCheck;
using FastTun.TestKit.Packets;

namespace FastTun.Packets.Tests;

/// <summary>Updating a checksum gives what summing again gives, also where RFC 1141 went wrong.</summary>
public class ChecksumDeltaTests
{
    [Fact]
    public void Rfc1624Section4Example()
    {
        // The header's other words sum to 0xCD7A, so that the checksum is 0xDD2F while the field is 0x5555.
        Assert.Equal(0xDD2F, (ushort)~InternetChecksum.Add(0xCD7A, 0x5555));
        Assert.Equal(0x0000, ChecksumDelta.Of((ushort)0x5555, (ushort)0x3285).ApplyTo(0xDD2F));
    }

    [Fact]
    public void DefaultChangesNothing()
    {
        for (int checksum = 0; checksum <= 0xFFFF; checksum++)
        {
            Assert.Equal(checksum, default(ChecksumDelta).ApplyTo((ushort)checksum));
            Assert.Equal(checksum, default(ChecksumDelta).ApplyToUdp((ushort)checksum));
            Assert.Equal(checksum, default(ChecksumDelta).ApplyToPartial((ushort)checksum));
        }
    }

    [Fact]
    public void Every16BitChangeOfEdgeValuesEqualsSummingAgain()
    {
        ushort[] edges = [0, 1, 0x00FF, 0x0100, 0x5555, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF];
        Span<byte> header = stackalloc byte[4];
        foreach (ushort other in edges)
        {
            foreach (ushort before in edges)
            {
                for (int after = 0; after <= 0xFFFF; after++)
                {
                    ushort old = ReferenceChecksum.Compute(Words(header, other, before));
                    ushort expected = ReferenceChecksum.Compute(Words(header, other, (ushort)after));
                    ushort updated = ChecksumDelta.Of(before, (ushort)after).ApplyTo(old);

                    // When all words become zero, their sum is +0, which no update can tell from -0 (RFC 1624 section
                    // 3). No real header is all zeros.
                    if (other == 0 && after == 0)
                        Assert.True(updated is 0 or 0xFFFF);
                    else if (updated != expected)
                        Assert.Fail($"{other:X4} {before:X4} -> {after:X4}: {updated:X4}, not {expected:X4}");
                }
            }
        }
    }

    [Fact]
    public void WideFieldsEqualSummingAgain() => Gen.Byte.Array[52].Select(Gen.Byte.Array[16]).Sample((packet, field) =>
    {
        byte[] changed = [.. packet];
        field.CopyTo(changed, 20);
        field.AsSpan(0, 4).CopyTo(changed.AsSpan(8));
        ChecksumDelta delta = ChecksumDelta.Of(NetworkOrder.ReadUInt128(packet, 20), NetworkOrder.ReadUInt128(field, 0))
            + ChecksumDelta.Of(NetworkOrder.ReadUInt32(packet, 8), NetworkOrder.ReadUInt32(field, 0));
        return delta.ApplyTo(ReferenceChecksum.Compute(packet)) == ReferenceChecksum.Compute(changed)
            && delta.ApplyToPartial(ReferenceChecksum.Sum(packet)) == ReferenceChecksum.Sum(changed);
    });

    [Fact]
    public void UdpKeepsNoneAndNeverBecomesNone()
    {
        Assert.Equal(0, ChecksumDelta.Of(1u, 2u).ApplyToUdp(0));
        Assert.Equal(0xFFFF, ChecksumDelta.Of((ushort)0x5555, (ushort)0x3285).ApplyToUdp(0xDD2F));
        for (int checksum = 1; checksum <= 0xFFFF; checksum++)
            Assert.NotEqual(0, ChecksumDelta.Of((ushort)0x1234, (ushort)checksum).ApplyToUdp((ushort)checksum));
    }

    private static ReadOnlySpan<byte> Words(Span<byte> bytes, ushort first, ushort second)
    {
        NetworkOrder.WriteUInt16(bytes, 0, first);
        NetworkOrder.WriteUInt16(bytes, 2, second);
        return bytes;
    }
}
