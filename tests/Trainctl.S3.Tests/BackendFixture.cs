using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>A folder and a bucket for tests that hold for both ways to move objects. Without s5cmd its part is skipped, and says so.</summary>
public abstract class BackendFixture(TransferBackend backend)
{
    private protected TemporaryFolder Folder { get; private set; } = null!;

    private protected TestBucket Bucket { get; private set; } = null!;

    private protected TransferSettings Transfer => new() { Backend = backend };

    [SetUp]
    public async Task SetUp()
    {
        if (backend == TransferBackend.S5cmd)
            RealS5cmd.Require();
        Bucket = await TestBucket.CreateAsync();
        Folder = new TemporaryFolder();
    }

    [TearDown]
    public async Task TearDown()
    {
        Folder?.Dispose();
        if (Bucket is not null)
            await Bucket.DisposeAsync();
    }

    private protected EngineHost Host(string? secret = null) => Bucket.Host(
        Folder.Path, new() { ["AWS_SECRET_ACCESS_KEY"] = secret, ["TRAINCTL_S5CMD"] = backend == TransferBackend.S5cmd ? RealS5cmd.Path : null });
}
