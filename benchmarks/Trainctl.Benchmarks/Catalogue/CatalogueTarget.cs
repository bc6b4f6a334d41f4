using System.Globalization;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Catalogue;

/// <summary>What to measure, and where.</summary>
/// <param name="Objects">In the bucket, the manifests among them.</param>
/// <param name="Checkpoints">They have equally many objects.</param>
/// <param name="Url">A fresh prefix.</param>
internal sealed record CatalogueTarget(int Objects, int Checkpoints, ObjectUrl Url)
{
    public const string BucketVariable = "TRAINCTL_BENCHMARK_BUCKET";
    public const string Usage = "catalogue [OBJECTS] [CHECKPOINTS] [BUCKET]";

    private const int DefaultObjects = 50_000;
    private const int DefaultCheckpoints = 2_000;

    public int ObjectsPerCheckpoint => Objects / Checkpoints;

    /// <summary>Reads the arguments; a text for the user where they make no sense.</summary>
    public static (CatalogueTarget? Target, string? Problem) Parse(string[] args)
    {
        if (!TryRead(args, 0, DefaultObjects, out var objects) || !TryRead(args, 1, DefaultCheckpoints, out var checkpoints) || args.Length > 3)
            return (null, $"Usage: {Usage}");
        if (objects % checkpoints != 0 || objects / checkpoints < CheckpointFiles.MinCount + 1)
        {
            return (null, $"{objects} objects cannot be {checkpoints} checkpoints: each must have equally many, and at least {CheckpointFiles.MinCount + 1}.");
        }

        var bucket = args is [_, _, var given] ? given : Environment.GetEnvironmentVariable(BucketVariable);
        if (string.IsNullOrEmpty(bucket))
        {
            return (null, $"No bucket is set. Name one that you may fill, as the third argument or in {BucketVariable}, and set AWS_ENDPOINT_URL_S3, "
                + "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION as for any S3 tool. Objects are written below a fresh prefix and deleted in the end.");
        }

        var url = ObjectUrl.Parse(string.Create(CultureInfo.InvariantCulture, $"s3://{bucket}/trainctl-benchmark-{Guid.NewGuid():n}"));
        return (new CatalogueTarget(objects, checkpoints, url), null);
    }

    private static bool TryRead(string[] args, int at, int missing, out int number)
    {
        number = missing;
        return args.Length <= at || (int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0);
    }
}
