namespace Trainctl.Tests.Checkpoints;

/// <summary>Puts what a framework writes into a scene.</summary>
internal static class FrameworkScene
{
    /// <summary>All files at one time.</summary>
    public static CatalogScene Put(this CatalogScene scene, IEnumerable<(string Key, byte[] Content)> files, double minute = 0)
    {
        foreach (var (key, content) in files)
            scene.Put(key, content, minute);
        return scene;
    }

    public static CatalogScene Put(this CatalogScene scene, (string Key, byte[] Content) file, double minute = 0) => scene.Put(file.Key, file.Content, minute);
}
