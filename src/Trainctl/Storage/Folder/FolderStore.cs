using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder.Flushing;

namespace Trainctl.Storage.Folder;

/// <summary>
/// A folder as a store: each file is an object, its path below the folder is the key. Needs no account, server or network; meant for NFS and Lustre
/// as well. Writes go to a temporary file in the target's own folder, are flushed to the disk, and renamed.
/// The folder itself is made by the first write.
/// </summary>
public sealed class FolderStore : IObjectStore, IObjectRenamer, IDeferredFlush
{
    private readonly string _root;
    private readonly Writeback _writeback;

    /// <summary>Opens the store. The disk is not touched yet.</summary>
    /// <param name="root">An absolute folder.</param>
    public FolderStore(ObjectUrl root)
    {
        if (!root.IsFolder || !Path.IsPathFullyQualified(root.Path))
            throw new ArgumentException($"'{root}' is not an absolute folder.", nameof(root));
        Root = root.WithoutEndSeparator();
        _root = Root.Path;
        _writeback = new Writeback(_root);
    }

    /// <inheritdoc/>
    public ObjectUrl Root { get; }

    /// <inheritdoc/>
    public StoreTraits Traits { get; } = new()
    {
        TimeResolution = TimeSpan.FromTicks(1),
        ListsContentTime = true,
        KeepsChecksums = false,
        IsLocal = true,
    };

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowUnlessFolder();
        foreach (var found in new FolderLister(_root, request).List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return found;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (FolderPath.RefusalOf(key) is not null)
            return Task.FromResult<StoredObject?>(null);
        try
        {
            var path = FolderPath.ToPath(_root, key);
            return FileStatus.Of(path) switch
            {
                { Kind: FileKind.File } file => Task.FromResult<StoredObject?>(Describe(key, file)),
                { Kind: FileKind.Special } => Task.FromException<StoredObject?>(FolderErrors.NoContent(path)),
                _ => Task.FromResult<StoredObject?>(null),
            };
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return Task.FromException<StoredObject?>(FolderErrors.Reading(FolderPath.ToPath(_root, key), exception));
        }
    }

    /// <summary>Whether a listing would show something under a key, or say that it cannot. True when that cannot be told. Cheaper than <see cref="HeadAsync"/>.</summary>
    internal bool MayHave(string key)
    {
        if (FolderPath.RefusalOf(key) is not null)
            return false;
        var path = FolderPath.ToPath(_root, key);
        return (OperatingSystem.IsWindows() ? File.Exists(path) : UnixFileStatus.MayBeFile(path)) && (!IgnoresCase(mayWrite: false) || FolderPath.HasName(_root, key));
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(
        string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = FolderPath.ToPath(_root, key);
        if (await HeadAsync(key, cancellationToken).ConfigureAwait(false) is not { } found)
            throw FolderErrors.Reading(path, new FileNotFoundException());
        if (ifMatch is not null && ifMatch != found.ETag)
            throw new TrainctlException(TrainctlError.ChangedDuringTransfer, $"'{path}' changed while it was read. Run again when nothing writes to it.", path);
        try
        {
            return new FileRangeStream(path, range ?? new ByteRange(0, found.Size));
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Reading(path, exception);
        }
    }

    /// <inheritdoc/>
    public string? RefusalOf(string key) => FolderPath.RefusalOf(key) ?? ObstacleAtRoot() ?? FolderPath.ObstacleOf(_root, key);

    /// <inheritdoc/>
    public async Task<StoredObject> PutAsync(
        string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var write = new FolderWrite(_root, key, PathOf(key), content.Length, options, NewFileMode);
        await using (write.ConfigureAwait(false))
        {
            await write.WritePartAsync(1, 0, content, cancellationToken).ConfigureAwait(false);
            return await write.CompleteAsync(default, cancellationToken).ConfigureAwait(false);
        }
    }

    IDeferredWrites IDeferredFlush.BeginWrites() => new DeferredFolderWrites(this, _writeback.BeginGroup());

    /// <summary>A write that is flushed after it was renamed, with its group.</summary>
    internal FolderWrite BeginDeferred(string key, long size, PutOptions options, WritebackGroup group) =>
        new(_root, key, PathOf(key), size, options, NewFileMode, group);

    /// <inheritdoc/>
    public Task<IMultipartWrite> BeginMultipartAsync(
        string key, long size, PutOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IMultipartWrite>(new FolderWrite(_root, key, PathOf(key), size, options, NewFileMode));
    }

    /// <summary>As <see cref="BeginMultipartAsync"/>, for what is as long as it turns out to be.</summary>
    internal FolderWrite BeginOfUnknownSize(string key, PutOptions options) => new(_root, key, PathOf(key), size: null, options, NewFileMode);

    /// <summary>As <see cref="BeginMultipartAsync"/>, in a file that a later run finds again. For who has the file's journal open alone.</summary>
    internal FolderWrite BeginPartial(string key, long size, PutOptions options)
    {
        var path = PathOf(key);
        return new FolderWrite(_root, key, path, size, options, NewFileMode, partialPath: Beside(path, TemporaryName.PartialOf));
    }

    /// <summary>The file itself, where it is there and no part of it under the other name; else null.</summary>
    internal string? RenamedPartialOf(string key)
    {
        var path = PathOf(key);
        return File.Exists(path) && !File.Exists(Beside(path, TemporaryName.PartialOf)) ? path : null;
    }

    /// <summary>Where it is remembered what has come of a file already.</summary>
    internal string JournalPathOf(string key) => Beside(PathOf(key), TemporaryName.JournalOf);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(
        IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        var outcomes = new DeleteOutcome[requests.Count];
        for (var i = 0; i < requests.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            outcomes[i] = new DeleteOutcome(requests[i].Key, FolderDeletion.Delete(_root, requests[i]));
        }

        return Task.FromResult<IReadOnlyList<DeleteOutcome>>(outcomes);
    }

    /// <summary>What flushes small files. Replaced by tests that make it fail.</summary>
    internal Writeback Writeback
    {
        init => _writeback = value;
    }

    /// <summary>Whether names that differ in case only are one file here, where that is known. Tests say so, as few disks of Linux are like that.</summary>
    internal bool? CaseIsIgnored { get; set; }

    /// <summary>Whether names that differ in case only are one file here. Found out once.</summary>
    /// <param name="mayWrite">Whether a temporary file may be made for it.</param>
    internal bool IgnoresCase(bool mayWrite) => (CaseIsIgnored ??= NameCase.IsIgnoredIn(_root, mayWrite)) ?? NameCase.IsUsuallyIgnored;

    /// <summary>The rights that files get when they are whole.</summary>
    internal NewFileMode NewFileMode { get; } = new();

    /// <summary>What renames files on one device. Replaced by tests that have no other one.</summary>
    internal Func<string, string, RenameResult> Renaming { private get; init; } = FileRename.TryRename;

    Task<bool> IObjectRenamer.RenameAsync(StoredObject expected, string key, bool endsMove, CancellationToken cancellationToken) =>
        new FolderRename(_root, NewFileMode, Renaming).RenameAsync(expected, PathOf(key), endsMove, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A file as an object. Its ETag is made of size and time, all that a file system tells about a version.</summary>
    internal static StoredObject Describe(string key, FileStatus file) => new()
    {
        Key = key,
        Size = file.Size,
        ModifiedAt = file.ModifiedAt,
        ContentModifiedAt = file.ModifiedAt,
        ETag = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file.Size:x}-{file.ModifiedAt.Ticks:x}"),
    };

    /// <summary>A file that was just given its name.</summary>
    /// <exception cref="FileNotFoundException">It is gone again.</exception>
    internal static StoredObject DescribeNew(string key, string path) => Describe(key, FileStatus.OfName(path) ?? throw new FileNotFoundException("It was removed at once.", path));

    private void ThrowUnlessFolder()
    {
        FileStatus? status;
        try
        {
            status = FileStatus.Of(_root);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Reading(_root, exception);
        }

        if (status is { Kind: FileKind.Folder })
            return;
        throw new TrainctlException(
            TrainctlError.StoreNotFound,
            status is not null ? $"'{_root}' is a file, and a folder is needed. Name the folder that holds it."
            : FolderPath.ObstacleAt(_root) is { } obstacle ? $"The folder '{_root}' does not exist: {obstacle}. Check the path."
            : $"The folder '{_root}' does not exist. Check the path, or create it.",
            _root);
    }

    /// <summary>Whether there was no obstacle at the root once. Then nobody looks again: who puts a file there later makes the writes fail.</summary>
    private bool MayBeFolder { get; set; }

    private string? ObstacleAtRoot()
    {
        if (MayBeFolder)
            return null;
        var obstacle = FolderPath.ObstacleAt(_root);
        MayBeFolder = obstacle is null;
        return obstacle;
    }

    private static string Beside(string path, Func<string, string> name) => Path.Join(Path.GetDirectoryName(path), name(Path.GetFileName(path)));

    private string PathOf(string key)
    {
        if (RefusalOf(key) is { } reason)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{_root}': {reason}.", key);
        return FolderPath.ToPath(_root, key);
    }
}
