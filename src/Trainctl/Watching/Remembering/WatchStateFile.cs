using System.Text.Json;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching.Remembering;

/// <summary>The state file of one watch. It is whole under its name, or not there.</summary>
internal sealed class WatchStateFile(string path, WatchScope scope, EngineHost host)
{
    /// <summary>Reads what the last watch left; null when there is no file.</summary>
    /// <exception cref="TrainctlException">The file is no state, one of a newer version, one of another watch, or could not be read.</exception>
    public async Task<IEnumerable<WatchEntry>?> ReadAsync(CancellationToken cancellationToken)
    {
        LocalFile.ThrowIfFolder(path, nameof(WatchSettings.StateFile), host);
        var full = RealPath.FullOf(path, host.WorkingDirectory);
        WatchState state;
        try
        {
            var content = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            await using var guard = content.ConfigureAwait(false);
            state = await ParseAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Reading(full, exception);
        }

        if (scope.DifferenceTo(state.Scope) is { } setting)
        {
            throw new TrainctlException(
                TrainctlError.InvalidFile,
                $"The watch state '{path}' is of another watch: its {setting} is another one (its location is '{state.Scope.Location}'). "
                + "Name another state file, or delete this one to begin anew.",
                path);
        }

        return scope.CompleteOnly ? state.Entries : WatchSnapshot.Of(state.Entries);
    }

    public Task WriteAsync(IEnumerable<WatchEntry> entries, CancellationToken cancellationToken)
    {
        var state = new WatchState { Version = WatchState.CurrentVersion, Scope = scope, Entries = entries };
        return LocalFile.WriteAsync(path, nameof(WatchSettings.StateFile), state.WriteTo, host, cancellationToken);
    }

    /// <summary>The file's own key, where it lies in the folder that is watched; null elsewhere.</summary>
    public string? KeyBelow(ObjectUrl root)
    {
        if (!root.IsFolder)
            return null;
        var below = Path.GetRelativePath(root.Path, RealPath.FullOf(path, host.WorkingDirectory)).Replace(Path.DirectorySeparatorChar, '/');
        return below.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(below) ? null : below;
    }

    /// <summary>Read as it comes: the file may be larger than an array can be.</summary>
    private async Task<WatchState> ParseAsync(FileStream content, CancellationToken cancellationToken)
    {
        try
        {
            var version = await JsonSerializer.DeserializeAsync(content, WatchStateJson.Default.WatchStateVersion, cancellationToken).ConfigureAwait(false);
            ThrowIfOtherVersion(version?.Version);
            content.Position = 0;
            var state = await JsonSerializer.DeserializeAsync(content, WatchStateJson.Default.WatchState, cancellationToken).ConfigureAwait(false) ?? throw Invalid("it holds null.");
            return state.Problem() is { } problem ? throw Invalid(problem) : state;
        }
        catch (JsonException exception)
        {
            throw Invalid(exception.Message, exception);
        }
    }

    private void ThrowIfOtherVersion(int? version)
    {
        if (version is not { } number || number < 1)
            throw Invalid("it has no version number.");
        if (number > WatchState.CurrentVersion)
        {
            throw new TrainctlException(
                TrainctlError.InvalidFile,
                $"The watch state '{path}' has version {number}, and this Trainctl reads up to version {WatchState.CurrentVersion}. Update Trainctl, or name another state file.",
                path);
        }
    }

    private TrainctlException Invalid(string why, Exception? cause = null) => new(
        TrainctlError.InvalidFile,
        $"The watch state '{path}' cannot be used: {why} Delete it to begin anew; what happened since the last watch is then not reported.",
        path,
        cause);
}
