using System.Globalization;

namespace Trainctl.Training;

/// <summary>A process as Linux tells of it. Its start is a part of it, as numbers are used again.</summary>
/// <param name="Id">Its number.</param>
/// <param name="ParentId">Its parent's, when it was looked at.</param>
/// <param name="Session">The number of the session that it belongs to.</param>
/// <param name="StartedAt">In ticks of the system since that was started.</param>
internal readonly record struct LinuxProcess(int Id, int ParentId, int Session, ulong StartedAt)
{
    /// <summary>Whether it has not ended yet.</summary>
    public bool IsAlive => Read(Id) is { } now && now.StartedAt == StartedAt;

    /// <summary>The name of the file that it runs; null where that is not told.</summary>
    public string? Program => LinkOf("exe") is { } path ? Path.GetFileName(path) : null;

    /// <summary>What is behind one of its descriptors, as <c>pipe:[4711]</c>; null where that is not told.</summary>
    public string? Stream(int descriptor) => LinkOf(string.Create(CultureInfo.InvariantCulture, $"fd/{descriptor}"));

    /// <summary>All that there are and that this user may see.</summary>
    public static IEnumerable<LinuxProcess> All() => Directory.EnumerateDirectories("/proc")
        .Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
        .OfType<LinuxProcess>();

    /// <summary>Null: there is none, or nothing but its exit code.</summary>
    public static LinuxProcess? Read(int id)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            // proc(5): the name comes second, in parentheses, and may hold anything; the state is the first one behind it.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new LinuxProcess(
                id, int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture), ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string? LinkOf(string name)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/{name}")).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
