using Trainctl.Diagnostics;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>Chooses layouts as the settings say.</summary>
internal static class LayoutChoice
{
    /// <summary>The layouts to ask, in order.</summary>
    /// <exception cref="TrainctlException">The name is of no layout, or the pattern makes no sense.</exception>
    public static IReadOnlyList<CheckpointLayout> Of(CatalogOptions options)
    {
        var pattern = options.Pattern is null ? null : new PatternLayout(new PatternExpression(options.Pattern), options.Time);
        if (options.Layout is null)
            return pattern is null ? LayoutTable.All : [pattern, .. LayoutTable.All];
        if (options.Layout == PatternLayout.LayoutName)
            return pattern is null ? throw Invalid($"Layout is '{options.Layout}', and there is no Pattern. Set one.", nameof(options.Pattern)) : [pattern];
        if (pattern is not null)
        {
            throw Invalid(
                $"Layout is '{options.Layout}', and there is a Pattern besides. Leave out Layout, or set it to '{PatternLayout.LayoutName}'.",
                nameof(options.Layout));
        }

        return LayoutTable.All.FirstOrDefault(l => l.Name == options.Layout) is { } layout ? [layout] : throw Unknown(options.Layout);
    }

    private static TrainctlException Unknown(string name)
    {
        string[] valid = [.. LayoutTable.All.Select(static l => l.Name).Append(PatternLayout.LayoutName).Order(StringComparer.Ordinal)];
        var hint = NearestName.Of(name, valid) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        return Invalid($"Layout is '{name}', which is none.{hint} There are: {string.Join(", ", valid)}.", nameof(CatalogOptions.Layout));
    }

    private static TrainctlException Invalid(string message, string setting) => new(TrainctlError.InvalidSetting, message, setting);
}
