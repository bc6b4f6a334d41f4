namespace Trainctl.Testing;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trainctl-test-").FullName;

    /// <summary>Writes a file and answers its path.</summary>
    public string Write(string relativePath, string content)
    {
        var path = Combine(relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string Combine(string relativePath) => System.IO.Path.Join(Path, relativePath);

    /// <summary>Every file below, hidden ones too, as sorted relative paths.</summary>
    public string[] Files(string below = "") =>
        [.. Directory.EnumerateFiles(Combine(below), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(f => System.IO.Path.GetRelativePath(Combine(below), f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        MakeRemovable(new DirectoryInfo(Path));
        Directory.Delete(Path, recursive: true);
    }

    /// <summary>Gives back the rights that a test took away. Goes through no link: they may form loops.</summary>
    private static void MakeRemovable(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var below in folder.EnumerateDirectories().Where(static d => d.LinkTarget is null))
            MakeRemovable(below);
    }
}
