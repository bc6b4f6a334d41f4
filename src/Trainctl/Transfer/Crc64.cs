using System.IO.Hashing;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>
/// CRC-64/NVME (NVM Command Set Specification 1.0, section 5.2.1.3.4; S3's CRC64NVME), and the arithmetic that joins the checksums of neighbours.
/// </summary>
internal static class Crc64
{
    private const ulong ReflectedPolynomial = 0x9A6C9329AC4BC9B5;
    private const ulong One = 1UL << 63;

    /// <summary>The checksum of no bytes.</summary>
    public static Checksum Empty { get; } = Of([]);

    public static Checksum Of(ReadOnlySpan<byte> content)
    {
        var hash = new System.IO.Hashing.Crc64(Crc64ParameterSet.Nvme);
        hash.Append(content);
        return new Checksum(hash.GetCurrentHashAsUInt64());
    }

    /// <summary>The checksum of two byte strings one behind the other.</summary>
    /// <param name="first">Of the first.</param>
    /// <param name="second">Of the second.</param>
    /// <param name="secondLength">Length of the second in bytes.</param>
    public static Checksum Combine(Checksum first, Checksum second, long secondLength) =>
        new(Multiply(PowerOfX(secondLength), first.Value) ^ second.Value);

    /// <summary>x to the power of eight times the number of bytes, modulo the polynomial, by repeated squaring.</summary>
    private static ulong PowerOfX(long bytes)
    {
        var result = One;
        var square = One >> 8;
        for (var n = bytes; n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
                result = Multiply(square, result);
            square = Multiply(square, square);
        }

        return result;
    }

    private static ulong Multiply(ulong a, ulong b)
    {
        var product = 0UL;
        for (var bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
                product ^= b;
            b = (b & 1) != 0 ? (b >> 1) ^ ReflectedPolynomial : b >> 1;
        }

        return product;
    }
}
