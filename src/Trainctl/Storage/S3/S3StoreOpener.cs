namespace Trainctl.Storage.S3;

internal static class S3StoreOpener
{
    public static IObjectStore Open(ObjectUrl url, StoreSettings settings, EngineHost host) => throw new PlatformNotSupportedException();
}
