using Cake.Core;
using Trainctl.Diagnostics;

namespace Trainctl.Cake;

/// <summary>Checks what a script was given. Cake takes any argument silently; a misspelt one must not be ignored.</summary>
internal static class ScriptArguments
{
    /// <summary>Arguments of Cake's own, and ours.</summary>
    private static readonly string[] Common =
    [
        "target", "dry-run", "verbosity", "exclusive", "dryrun", "noop", "whatif", "debug", "description", "showdescription", "tree", "showtree",
    ];

    private static readonly string[] CakeConfiguration = ["settings_", "paths_", "nuget_"];

    public static bool ReadSwitch(ICakeArguments arguments, string name)
    {
        if (!arguments.HasArgument(name))
            return false;
        var value = arguments.GetArguments(name).LastOrDefault();
        return value?.ToUpperInvariant() switch
        {
            null or "" or "TRUE" => true,
            "FALSE" => false,
            _ => throw BadInput($"--{name} is a switch; '{value}' is not one of true and false"),
        };
    }

    public static void Check(ICakeArguments arguments, string target, IEnumerable<string> targets, IEnumerable<string> options)
    {
        var names = targets.ToArray();
        if (!names.Contains(target, StringComparer.OrdinalIgnoreCase))
            throw BadInput($"there is no target '{target}'. {Suggest(target, names, "")}");
        CheckOptions(arguments, options);
    }

    public static void CheckOptions(ICakeArguments arguments, IEnumerable<string> options)
    {
        var known = options.Concat(Common).ToArray();
        foreach (var name in arguments.GetArguments().Keys)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !CakeConfiguration.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                throw BadInput($"there is no option --{name}. {Suggest(name, known, "--")}");
            }
        }
    }

    private static string Suggest(string wrong, IReadOnlyCollection<string> valid, string prefix) => NearestName.Of(wrong, valid) is { } nearest
        ? $"Did you mean {prefix}{nearest}?"
        : $"Choose from {string.Join(", ", valid.Select(name => prefix + name))}.";

    private static CakeException BadInput(string message) =>
        new(ErrorCatalog.BadInput, $"{ErrorCatalog.Code(TrainctlError.InvalidSetting)}: {message}");
}
