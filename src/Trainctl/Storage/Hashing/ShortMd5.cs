using System.Buffers.Binary;
using System.Numerics;

namespace Trainctl.Storage.Hashing;

/// <summary>MD5 (RFC 1321) of something short: the Content-MD5 of a request. For why it is not the platform's, see <see cref="ShortSha256"/>.</summary>
internal static class ShortMd5
{
    private const int Size = 16;
    private const int RoundSize = 16;

    /// <summary>Four of each round, in turns.</summary>
    private static ReadOnlySpan<byte> Shifts => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    /// <summary>For the step i, counted from 1, the whole part of 2^32 times |sin i|.</summary>
    private static ReadOnlySpan<uint> StepConstants =>
    [
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    ];

    /// <summary>The MD5 of bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> content)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        var rest = Mix(state, content);
        Span<byte> last = stackalloc byte[LastBlocks.MaxSize];
        last = last[..LastBlocks.Write(rest, last)];
        BinaryPrimitives.WriteInt64LittleEndian(last[^LastBlocks.LengthSize..], 8L * content.Length);
        Mix(state, last);
        var hash = new byte[Size];
        for (var i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(i * sizeof(uint)), state[i]);
        return hash;
    }

    /// <returns>What is left when all whole blocks are in.</returns>
    private static ReadOnlySpan<byte> Mix(Span<uint> state, ReadOnlySpan<byte> content)
    {
        Span<uint> words = stackalloc uint[LastBlocks.BlockSize / sizeof(uint)];
        for (; content.Length >= LastBlocks.BlockSize; content = content[LastBlocks.BlockSize..])
        {
            for (var i = 0; i < words.Length; i++)
                words[i] = BinaryPrimitives.ReadUInt32LittleEndian(content[(i * sizeof(uint))..]);
            var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
            for (var i = 0; i < StepConstants.Length; i++)
            {
                var (mixed, word) = (i / RoundSize) switch
                {
                    0 => ((b & c) | (~b & d), i),
                    1 => ((b & d) | (c & ~d), (5 * i) + 1),
                    2 => (b ^ c ^ d, (3 * i) + 5),
                    _ => (c ^ (b | ~d), 7 * i),
                };
                var turned = BitOperations.RotateLeft(a + mixed + StepConstants[i] + words[word % words.Length], Shifts[(i / RoundSize * 4) + (i % 4)]);
                (a, d, c, b) = (d, c, b, b + turned);
            }

            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
        }

        return content;
    }
}
