using Trainctl.Storage;

namespace Trainctl.Transfer.S5cmd;

/// <summary>The part size that s5cmd is told, which it takes in whole MiB. Pure.</summary>
internal static class S5cmdPartSize
{
    private const long MebiByte = 1024 * 1024;

    /// <summary>MiB in each part. An object that is no larger is moved whole.</summary>
    /// <param name="objectSize">In bytes.</param>
    /// <param name="wanted">In bytes; rounded up.</param>
    /// <param name="traits">Of the bucket.</param>
    public static long InMebiBytes(long objectSize, long wanted, StoreTraits traits)
    {
        var size = (PartLayout.PartSize(objectSize, wanted, traits) + MebiByte - 1) / MebiByte;
        // At this many parts the AWS SDK for Go thinks of a size of its own (aws-sdk-go: service/s3/s3manager/upload.go, initSize).
        while (objectSize / (size * MebiByte) >= traits.MaxParts)
            size++;
        return size;
    }

    public static long InBytes(long objectSize, long wanted, StoreTraits traits) => InMebiBytes(objectSize, wanted, traits) * MebiByte;
}
