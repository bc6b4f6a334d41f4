using Trainctl.Sync;

namespace Trainctl.S3.Tests;

/// <summary>
/// One behaviour of a sync as a row: what is on both sides, and what must be there afterwards. Objects are written <c>key=content@hours</c>, the hours being
/// how old the content is. The rows are those that peak/s5cmd documents and tests (README.md, "Sync"; e2e/sync_test.go), each with what it does there;
/// where ours is another on purpose, the name says so.
/// </summary>
/// <param name="Name">For test reports.</param>
/// <param name="Source">What the source has.</param>
/// <param name="Destination">What the destination has before.</param>
/// <param name="After">What it has after.</param>
/// <param name="Copied">Keys that must be copied.</param>
public sealed record SyncBehaviour(string Name, string Source, string Destination, string After, string Copied)
{
    /// <summary>Keys that must be deleted.</summary>
    public string Deleted { get; init; } = "";

    /// <summary>The options.</summary>
    public Func<SyncSettings, SyncSettings> Options { get; init; } = static settings => settings;

    /// <summary>Whether no folder can hold the keys.</summary>
    public bool IsForBucketsOnly { get; init; }

    /// <summary>Whether it is so only where the destination is a folder: what a bucket says about a file's own time costs a request for each object.</summary>
    public bool IsIntoFolders { get; init; }

    /// <summary>Whether it is so only where the destination is a bucket.</summary>
    public bool IsIntoBuckets { get; init; }

    /// <summary>Whether the source is stored after the destination, by a clock of whole seconds.</summary>
    public bool IsSourceStoredLater { get; init; }

    /// <summary>Exit code of the refusal; 0 when it is done.</summary>
    public int ExitCode { get; init; }

    public static IEnumerable<SyncBehaviour> IntoFolders => All.Where(static r => !r.IsIntoBuckets && !r.IsForBucketsOnly);

    public static IEnumerable<SyncBehaviour> IntoBuckets => All.Where(static r => !r.IsIntoFolders);

    public static IEnumerable<SyncBehaviour> FromFolders => IntoBuckets.Where(static r => !r.IsForBucketsOnly);

    private static IReadOnlyList<SyncBehaviour> All { get; } =
    [
        new("into an empty destination", "a.txt=1@2 d/b.txt=2@2 d/e/c.txt=3@2", "", "a.txt=1 d/b.txt=2 d/e/c.txt=3", "a.txt d/b.txt d/e/c.txt"),
        new("equal", "a=1@2 d/b=2@2", "a=1@2 d/b=2@2", "a=1 d/b=2", ""),
        new("source newer", "a=new@-1 b=2@2", "a=old@3 b=2@2", "a=new b=2", "a") { IsIntoFolders = true },
        new("source newer than the copy", "a=new@-1", "a=old@3", "a=new", "a") { IsIntoBuckets = true, IsSourceStoredLater = true },
        new("source older and the same size, which s5cmd skips and we do not", "a=new@3", "a=old@1", "a=new", "a") { IsIntoFolders = true },
        new("source older than the copy and the same size", "a=new@3", "a=old@1", "a=old", "") { IsIntoBuckets = true },
        new("source older than the copy and the same size, by content", "a=new@3", "a=old@1", "a=new", "a") { Options = static s => s with { Compare = Comparison.Checksum } },
        new("source older and another size", "a=longer@3", "a=old@1", "a=longer", "a"),
        new("size alone, same sizes", "a=new@1", "a=old@3", "a=old", "") { Options = static s => s with { Compare = Comparison.SizeOnly } },
        new("size alone, other sizes", "a=longer@3 b=2@1", "a=old@1 b=1@3", "a=longer b=1", "a") { Options = static s => s with { Compare = Comparison.SizeOnly } },
        new("content, same size and time", "a=new@2 b=2@2", "a=old@2 b=2@9", "a=new b=2", "a") { Options = static s => s with { Compare = Comparison.Checksum } },
        new("without delete", "a=1@2", "a=1@2 z=9@2", "a=1 z=9", ""),
        new("with delete", "a=1@2 c=3@2", "a=1@2 b=2@2 d/z=9@2", "a=1 c=3", "c") { Deleted = "b d/z", Options = static s => s with { Delete = true } },
        new("with delete into an empty destination", "a=1@2", "", "a=1", "a") { Options = static s => s with { Delete = true } },
        new("with delete and an empty source, which empties the destination in s5cmd", "", "a=1@2", "a=1", "") { Options = static s => s with { Delete = true }, ExitCode = 5 },
        new("with exclude", "a.txt=1@2 b.tmp=2@2 d/c.tmp=3@2", "", "a.txt=1", "a.txt") { Options = static s => s with { Exclude = ["**.tmp"] } },
        new("with exclude and delete", "a.txt=1@2", "keep.log=2@2 z=3@2", "a.txt=1 keep.log=2", "a.txt") { Deleted = "z", Options = static s => s with { Delete = true, Exclude = ["*.log"] } },
        new("with include", "a.txt=1@2 b.gz=2@2 d/c.txt=3@2", "", "a.txt=1 d/c.txt=3", "a.txt d/c.txt") { Options = static s => s with { Include = ["**.txt"] } },
        new("with include and exclude", "a.txt=1@2 d/a.txt=2@2", "", "a.txt=1", "a.txt") { Options = static s => s with { Include = ["**.txt"], Exclude = ["d/**"] } },
        new("keys that sort between others (s5cmd issue 435)", "a=1@2 a-b=2@2 a-b/c=3@2 a.b=4@2 a/b=5@2 ab=6@2", "a=1@2 a-b/c=3@2 ab=6@2", "a=1 a-b=2 a-b/c=3 a.b=4 a/b=5 ab=6", "a-b a.b a/b")
        {
            IsForBucketsOnly = true,
        },
        new("files and folders that sort between each other", "a-b=1@2 a.txt=2@2 a/b=3@2 ab=4@2", "a/b=3@2", "a-b=1 a.txt=2 a/b=3 ab=4", "a-b a.txt ab"),
        new("names with quotes and wildcards", "a_b.txt=1@2 it's=2@2 [x]{y}=3@2 ü/ñ=4@2 50%+=5@2", "", "a_b.txt=1 it's=2 [x]{y}=3 ü/ñ=4 50%+=5", "a_b.txt it's [x]{y} ü/ñ 50%+"),
        new("another storage class alone copies nothing", "a=1@2", "a=1@2", "a=1", "") { Options = static s => s with { StorageClass = "STANDARD" } },
        new("another storage class with another size", "a=longer@3", "a=1@1", "a=longer", "a") { Options = static s => s with { StorageClass = "STANDARD" } },
        new("a dry run", "a=1@2", "z=9@2", "z=9", "a") { Deleted = "z", Options = static s => s with { Delete = true, DryRun = true } },
    ];

    public override string ToString() => Name;
}
