using Trainctl.Checkpoints;

namespace Trainctl.Tests.Checkpoints.Layouts;

/// <summary>Puts what frameworks write into a scene, and breaks it.</summary>
internal static class FrameworkFiles
{
    public static CatalogScene Put(this CatalogScene scene, IEnumerable<(string Key, byte[] Content)> files, double minute = 0)
    {
        foreach (var (key, content) in files)
            scene.Put(key, content, minute);
        return scene;
    }

    public static CatalogScene Put(this CatalogScene scene, (string Key, byte[] Content) file, double minute = 0) => scene.Put(file.Key, file.Content, minute);

    /// <summary>Why the only checkpoint of what these files are is not complete, when one file is missing.</summary>
    public static async Task<string?> ReasonWithoutAsync(IEnumerable<(string Key, byte[] Content)> files, string missing)
    {
        var unit = await new CatalogScene().Put(files).Remove(missing).UnitAsync();
        return unit.State == CheckpointState.Complete ? null : unit.StateReason;
    }

    /// <summary>The same when one file has another content.</summary>
    public static async Task<string?> ReasonWithAsync(IEnumerable<(string Key, byte[] Content)> files, string key, byte[] content)
    {
        var unit = await new CatalogScene().Put(files).Put(key, content).UnitAsync();
        return unit.State == CheckpointState.Complete ? null : unit.StateReason;
    }

    /// <summary>Each pointer and what it leads to.</summary>
    public static IEnumerable<string> Described(this CheckpointCatalog catalog) =>
        catalog.Pointers.Select(static p => $"{p.Kind} {p.Key} -> {string.Join(',', p.Targets)}");
}
