using BenchmarkDotNet.Attributes;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Benchmarks.Kernels;

/// <summary>Signing one request for a small object, with the day's key at hand.</summary>
[MemoryDiagnoser]
public class SigningBenchmarks
{
    private const string Time = "20260101T000000Z";

    private readonly RequestSigner _signer = new("us-east-1");

    private readonly KeyValuePair<string, string>[] _headers =
    [
        new("content-length", "16384"),
        new("host", "bucket.s3.us-east-1.amazonaws.com"),
        new("x-amz-content-sha256", RequestSigner.UnsignedPayload),
        new("x-amz-date", Time),
        new("x-amz-meta-mtime", "1767225600.000000000"),
    ];

    [Benchmark]
    public string Put() =>
        _signer.Sign("PUT", "/data/train/000001/sample-000000001.bin", "", _headers, RequestSigner.UnsignedPayload, Time, "access", "secret");
}
