using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Training.Publishing;

/// <summary>
/// Keeps the files of checkpoints that training may delete before they are published, by hard links in a folder of its own. It lies beside the checkpoints, on
/// the same file system, and not among them, where training might read it. Where links fail, nothing is held, and files are read where they are.
/// </summary>
internal sealed class HoldingFolder : IDisposable
{
    private const string OwnerFile = "owner";

    private readonly string _source;
    private readonly EngineHost _host;
    private FileStream? _owner;
    private string? _folder;
    private int _count;

    /// <param name="source">The checkpoints' folder, absolute.</param>
    /// <param name="host">For the log.</param>
    public HoldingFolder(string source, EngineHost host) => (_source, _host) = (source, host);

    /// <summary>Whether it turned out that nothing can be held.</summary>
    public bool IsImpossible { get; private set; }

    /// <summary>Holds a checkpoint as it is. Null where that cannot be done; what the listing said may be true no longer then.</summary>
    public HeldCheckpoint? TryHold(CheckpointUnit unit)
    {
        if (IsImpossible || (_folder ??= Create()) is not { } folder)
            return null;
        var held = new HeldCheckpoint(Path.Join(folder, (++_count).ToString(CultureInfo.InvariantCulture)));
        try
        {
            foreach (var found in UploadPlanner.ContentOf(unit))
            {
                var file = new FileInfo(PathBelow(_source, found.Key));
                var link = PathBelow(held.Folder, found.Key);
                Directory.CreateDirectory(Path.GetDirectoryName(link)!);
                var target = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
                if (HardLink.TryCreate(target, link))
                    continue;
                held.Release();
                if (File.Exists(target))
                    GiveUp("the file system allows no hard links");
                return null;
            }

            return held;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            held.Release();
            _host.Log.Debug($"Holding {unit.Path}: {exception.Message}");
            return null;
        }
    }

    public void Dispose()
    {
        _owner?.Dispose();
        if (_folder is not null)
            HeldCheckpoint.Delete(_folder);
    }

    /// <summary>Makes the folder, and removes those of processes that died. Whoever lives has the file in it locked.</summary>
    private string? Create()
    {
        var parent = Path.GetDirectoryName(_source);
        if (parent is null)
            return GiveUp("they lie at the top of a file system");
        try
        {
            foreach (var left in Directory.EnumerateDirectories(parent).Where(static d => TemporaryName.Matches(Path.GetFileName(d))))
                RemoveIfLeft(left);
            var folder = Directory.CreateDirectory(Path.Join(parent, TemporaryName.Create())).FullName;
            _owner = new FileStream(Path.Join(folder, OwnerFile), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            return folder;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return GiveUp(exception.Message);
        }
    }

    private static void RemoveIfLeft(string folder)
    {
        try
        {
            using (new FileStream(Path.Join(folder, OwnerFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                // Nobody has it.
            }

            HeldCheckpoint.Delete(folder);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // Somebody lives there, or it is no such folder.
        }
    }

    private string? GiveUp(string reason)
    {
        IsImpossible = true;
        _host.Log.Info($"Checkpoints that training deletes before they are published are lost: they cannot be held in a folder beside '{_source}', because {reason}.");
        return null;
    }

    private static string PathBelow(string folder, string key) => Path.Join(folder, key.Replace('/', Path.DirectorySeparatorChar));
}
