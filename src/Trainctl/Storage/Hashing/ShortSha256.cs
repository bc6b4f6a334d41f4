using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Trainctl.Storage.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) of something short: what is signed of a request, a name. On Linux the platform's own are OpenSSL's, and a process
/// that does without it has 4 MB less. Content is hashed with the processor's own instructions: <see cref="ContentHash"/>.
/// </summary>
internal static class ShortSha256
{
    /// <summary>Of a hash and of a signature, in bytes.</summary>
    public const int Size = 32;

    private const int StateSize = 8;
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    private static ReadOnlySpan<uint> Beginning => [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The SHA-256 of bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> content)
    {
        Span<uint> state = stackalloc uint[StateSize];
        Beginning.CopyTo(state);
        return Finish(state, content, content.Length);
    }

    /// <summary>The SHA-256 of a text in UTF-8, in lower-case hexadecimal digits.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(Of(Encoding.UTF8.GetBytes(text)));

    /// <summary>The HMAC-SHA-256 of bytes.</summary>
    /// <param name="key">Of any length.</param>
    /// <param name="content">What is signed.</param>
    public static byte[] Sign(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content)
    {
        Span<byte> block = stackalloc byte[LastBlocks.BlockSize];
        block.Clear();
        (key.Length > block.Length ? Of(key) : key).CopyTo(block);
        var signature = Keyed(block, OuterPad, Keyed(block, InnerPad, content));
        block.Clear();
        return signature;
    }

    private static byte[] Keyed(ReadOnlySpan<byte> key, byte pad, ReadOnlySpan<byte> content)
    {
        Span<byte> block = stackalloc byte[LastBlocks.BlockSize];
        for (var i = 0; i < block.Length; i++)
            block[i] = (byte)(key[i] ^ pad);
        Span<uint> state = stackalloc uint[StateSize];
        Beginning.CopyTo(state);
        Mix(state, block);
        block.Clear();
        return Finish(state, content, block.Length + content.Length);
    }

    private static byte[] Finish(Span<uint> state, ReadOnlySpan<byte> content, long length)
    {
        var rest = Mix(state, content);
        Span<byte> last = stackalloc byte[LastBlocks.MaxSize];
        last = last[..LastBlocks.Write(rest, last)];
        BinaryPrimitives.WriteInt64BigEndian(last[^LastBlocks.LengthSize..], 8 * length);
        Mix(state, last);
        var hash = new byte[Size];
        for (var i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * sizeof(uint)), state[i]);
        return hash;
    }

    /// <returns>What is left when all whole blocks are in.</returns>
    private static ReadOnlySpan<byte> Mix(Span<uint> state, ReadOnlySpan<byte> content)
    {
        Span<uint> words = stackalloc uint[64];
        for (; content.Length >= LastBlocks.BlockSize; content = content[LastBlocks.BlockSize..])
        {
            for (var i = 0; i < 16; i++)
                words[i] = BinaryPrimitives.ReadUInt32BigEndian(content[(i * sizeof(uint))..]);
            for (var i = 16; i < words.Length; i++)
                words[i] = words[i - 16] + SmallSigma(words[i - 15], 7, 18, 3) + words[i - 7] + SmallSigma(words[i - 2], 17, 19, 10);
            MixBlock(state, words);
        }

        return content;
    }

    private static void MixBlock(Span<uint> state, ReadOnlySpan<uint> words)
    {
        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var i = 0; i < words.Length; i++)
        {
            var first = h + BigSigma(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + RoundConstants[i] + words[i];
            var second = BigSigma(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static uint SmallSigma(uint word, int first, int second, int shift) =>
        BitOperations.RotateRight(word, first) ^ BitOperations.RotateRight(word, second) ^ (word >> shift);

    private static uint BigSigma(uint word, int first, int second, int third) =>
        BitOperations.RotateRight(word, first) ^ BitOperations.RotateRight(word, second) ^ BitOperations.RotateRight(word, third);
}
