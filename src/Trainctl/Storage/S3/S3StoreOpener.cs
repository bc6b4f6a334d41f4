using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>Opens S3 stores. The store itself lands with the next change; until then the URL is refused in words.</summary>
internal static class S3StoreOpener
{
    public static IObjectStore Open(ObjectUrl url, StoreSettings settings, EngineHost host) => throw new TrainctlException(
        TrainctlError.InvalidUrl, $"'{url}' names a bucket, and this build of Trainctl knows only folders.", url.ToString());
}
