using System.Globalization;
using System.Text;
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

    /// <summary>Locks may hold on one machine only, so what another machine has left is not taken for left before its owner has not renewed it for so long.</summary>
    private static readonly TimeSpan ForeignPatience = TimeSpan.FromDays(1);

    private static readonly TimeSpan RenewEvery = TimeSpan.FromHours(1);

    private readonly string _source;
    private readonly EngineHost _host;
    private FileStream? _owner;
    private string? _folder;
    private int _count;
    private DateTimeOffset _renewedAt;

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
                var target = file.LinkTarget is null ? file.FullName : RealPath.Of(file.FullName);
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

    /// <summary>Shows other machines that somebody lives here; to be called now and then.</summary>
    public void Renew()
    {
        if (_owner is null || _host.Time.GetUtcNow() - _renewedAt < RenewEvery)
            return;
        _renewedAt = _host.Time.GetUtcNow();
        try
        {
            File.SetLastWriteTimeUtc(_owner.SafeFileHandle, _renewedAt.UtcDateTime);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            _host.Log.Debug($"Renewing '{_folder}': {exception.Message}");
        }
    }

    public void Dispose()
    {
        _owner?.Dispose();
        if (_folder is not null)
            Remove(_folder);
    }

    /// <summary>The file that says whose it is goes last: by it the next training finds what could not be removed, or what a process that was killed meanwhile has left.</summary>
    private static void Remove(string folder)
    {
        try
        {
            foreach (var held in Directory.GetDirectories(folder))
                HeldCheckpoint.Delete(held);
            if (!Directory.EnumerateDirectories(folder).Any())
                HeldCheckpoint.Delete(folder);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // The next training beside it tries again.
        }
    }

    /// <summary>Makes the folder, and removes those of processes that died. Whoever lives has the file in it locked, and the name of the machine is in that.</summary>
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
            _owner.Write(Encoding.UTF8.GetBytes(Environment.MachineName));
            _owner.Flush();
            _renewedAt = _host.Time.GetUtcNow();
            return folder;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return GiveUp(exception.Message);
        }
    }

    private void RemoveIfLeft(string folder)
    {
        try
        {
            var path = Path.Join(folder, OwnerFile);
            // Where locks keep nobody out, nobody can tell whether somebody lives there.
            if (ExclusiveFile.TryOpen(path, FileMode.Open) is not { } owner)
                return;
            using (owner)
            using (var name = new StreamReader(owner))
            {
                var machine = name.ReadToEnd();
                if (machine.Length > 0 && machine != Environment.MachineName
                    && _host.Time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) < ForeignPatience)
                    return;
            }

            Remove(folder);
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
