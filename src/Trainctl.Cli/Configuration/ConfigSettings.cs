using Trainctl.Cli.Options;

namespace Trainctl.Cli.Configuration;

/// <summary>Every setting that a configuration file may give.</summary>
internal static class ConfigSettings
{
    public static readonly IReadOnlyList<Setting> All =
    [
        .. ((Setting[][])[StoreOptions.All, TransferOptions.All, ObjectOptions.Filter, ObjectOptions.Writing, LayoutOptions.All, RetentionOptions.All, PruneOptions.All])
            .SelectMany(static s => s).Where(static s => s.Group is not null),
    ];
}
