using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.S3;

namespace Trainctl;

/// <summary>Opens the store that a URL names. Nothing is contacted yet.</summary>
public static class StoreOpener
{
    /// <summary>The default <see cref="EngineHost.OpenStore"/>.</summary>
    public static IObjectStore Open(ObjectUrl url, StoreSettings settings, EngineHost host) => url.IsFolder
        ? new FolderStore(url.Resolve(host.WorkingDirectory))
        : S3StoreOpener.Open(url, settings, host);
}
