using System.Security.Cryptography;
using Trainctl.Storage.Hashing;

namespace Trainctl.Storage.S3.Http;

/// <summary>What a request says beyond its headers: a document of at most some hundred kilobytes, which is signed as the rest of the request is.</summary>
internal sealed class XmlBody(ReadOnlyMemory<byte> document) : MemoryBody(document)
{
    public override ValueTask<byte[]> HashAsync(HashAlgorithmName algorithm, CancellationToken cancellationToken) =>
        algorithm == HashAlgorithmName.SHA256 ? new(ShortSha256.Of(Content)) : base.HashAsync(algorithm, cancellationToken);
}
