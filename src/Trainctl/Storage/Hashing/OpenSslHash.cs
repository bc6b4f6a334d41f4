using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Trainctl.Storage.Hashing;

/// <summary>
/// SHA-256 and MD5 by OpenSSL's functions for just that (SHA256_Init(3), MD5_Init(3)). They are the same code that the platform's hashes on Linux come to, and need nothing of
/// OpenSSL set up: the platform sets up all of it first, TLS too, which is 2 MB and a millisecond of a process that encrypts nothing.
/// </summary>
internal sealed unsafe class OpenSslHash : ContentHash
{
    private readonly Functions _functions;
    private Context _context;

    private OpenSslHash(Functions functions)
    {
        _functions = functions;
        Begin();
    }

    /// <summary>Begins one; null where there is no such library, or it does not have that algorithm.</summary>
    public static OpenSslHash? TryBegin(HashAlgorithmName algorithm) => FunctionsOf(algorithm) is { } functions ? new OpenSslHash(functions) : null;

    public override void Append(ReadOnlySpan<byte> block)
    {
        fixed (Context* context = &_context)
        fixed (byte* bytes = block)
            Check(_functions.Update(context, bytes, (nuint)block.Length));
    }

    public override byte[] Finish()
    {
        var hash = new byte[_functions.HashSize];
        fixed (Context* context = &_context)
        fixed (byte* bytes = hash)
            Check(_functions.Final(bytes, context));
        Begin();
        return hash;
    }

    public override void Dispose()
    {
    }

    private static Functions? FunctionsOf(HashAlgorithmName algorithm)
    {
        if (algorithm == HashAlgorithmName.SHA256)
            return Libcrypto.Sha256;
        return algorithm == HashAlgorithmName.MD5 ? Libcrypto.Md5 : null;
    }

    private static void Check(int result)
    {
        if (result != 1)
            throw new CryptographicException("OpenSSL refused to hash.");
    }

    private void Begin()
    {
        fixed (Context* context = &_context)
            Check(_functions.Init(context));
    }

    /// <summary>SHA256_CTX has 112 bytes, and MD5_CTX 92, since OpenSSL 0.9.8 (openssl/sha.h, openssl/md5.h).</summary>
    [InlineArray(16)]
    private struct Context
    {
        private ulong _first;
    }

    /// <summary>The functions of one algorithm.</summary>
    private sealed class Functions(nint init, nint update, nint final, int hashSize)
    {
        public readonly delegate* unmanaged<Context*, int> Init = (delegate* unmanaged<Context*, int>)init;

        public readonly delegate* unmanaged<Context*, byte*, nuint, int> Update = (delegate* unmanaged<Context*, byte*, nuint, int>)update;

        public readonly delegate* unmanaged<byte*, Context*, int> Final = (delegate* unmanaged<byte*, Context*, int>)final;

        /// <summary>In bytes.</summary>
        public readonly int HashSize = hashSize;
    }

    /// <summary>The library: loaded once, when something is hashed.</summary>
    private static class Libcrypto
    {
        /// <summary>
        /// Of OpenSSL 3. That of 1.1.1, which is the other one that .NET works with, may end the process where a system allows approved algorithms only and MD5 is asked for so;
        /// there the platform asks in the way that only fails.
        /// </summary>
        private const string Name = "libcrypto.so.3";

        public static readonly Functions? Sha256;
        public static readonly Functions? Md5;

        static Libcrypto()
        {
            if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(Name, out var library))
                return;
            Sha256 = Find(library, "SHA256", SHA256.HashSizeInBytes);
            Md5 = Find(library, "MD5", MD5.HashSizeInBytes);
        }

        /// <summary>A build of OpenSSL may leave out what its authors advise against.</summary>
        private static Functions? Find(nint library, string prefix, int hashSize) =>
            NativeLibrary.TryGetExport(library, prefix + "_Init", out var init) && NativeLibrary.TryGetExport(library, prefix + "_Update", out var update)
            && NativeLibrary.TryGetExport(library, prefix + "_Final", out var final)
                ? new Functions(init, update, final, hashSize)
                : null;
    }
}
