using CsCheck;

namespace FastTun.Traffic.Tests;

public class BytePatternTests
{
    [Fact]
    public void Any_piece_is_part_of_the_same_whole() =>
        Gen.Select(Gen.Long[0, 1L << 40], Gen.Int[1, 65536], Gen.Int[0, 65535]).Sample((position, length, at) =>
        {
            ReadOnlySpan<byte> piece = BytePattern.At(position, length);
            Assert.Equal(BytePattern.At(position + at % length, 1)[0], piece[at % length]);
            Assert.Equal(0, BytePattern.CountDifferences(piece, position));
        });

    [Fact]
    public void Bytes_at_the_wrong_place_differ() =>
        Gen.Select(Gen.Long[0, 1L << 40], Gen.Int[1, 65520]).Sample((position, shift) =>
            Assert.InRange(BytePattern.CountDifferences(BytePattern.At(position, 1448), position + shift), 1300, 1448));
}
