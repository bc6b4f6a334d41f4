using System.Collections;
using System.Reflection;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Trainctl.MSBuild;

namespace Trainctl.Parity.Tests;

/// <summary>Finds out which metadata set which setting, by giving a task one item and looking at the record that it would call the engine with.</summary>
internal static class MetadataTable
{
    /// <summary>What an item needs besides its own name.</summary>
    private static readonly (string Name, string Value)[] Needed = [("Destination", "s3://b/")];

    /// <summary>Texts of which one suits every setting.</summary>
    private static readonly string[] Values = ["4", "7s", "true", "false", "max", "http://h", "s3://z/", "Checksum", "S5cmd", "Ceph", "x"];

    /// <summary>Each task, the record that it makes of an item that gives nothing else, and the metadata of each setting.</summary>
    public static IEnumerable<(string Task, object Settings, IReadOnlyDictionary<string, string> Metadata)> Records()
    {
        foreach (var task in typeof(TrainctlTask).Assembly.GetExportedTypes().Where(static t => !t.IsAbstract && t.IsSubclassOf(typeof(TrainctlTask))))
        {
            var needed = Settings(task, []) is null ? Needed : [];
            var settings = Settings(task, needed) ?? throw new InvalidOperationException($"{task.Name} takes no item.");
            yield return (task.Name, settings, MetadataBySetting(task, needed, settings));
        }
    }

    private static Dictionary<string, string> MetadataBySetting(Type task, (string Name, string Value)[] needed, object settings)
    {
        var defaults = RecordValues.Of(settings);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in defaults.Keys)
        {
            foreach (var name in NamesFor(setting))
            {
                foreach (var value in Values)
                {
                    // A pattern has settings that mean something only beside its expression.
                    foreach (var companion in ((string, string)[][])[[], [("Pattern", "y")]])
                    {
                        if (found.ContainsKey(setting) || Settings(task, [.. needed, .. companion]) is not { } before || Settings(task, [.. needed, .. companion, (name, value)]) is not { } after)
                            continue;
                        var was = RecordValues.Of(before);
                        var changed = RecordValues.Of(after).Where(now => was[now.Key].Value != now.Value.Value).Select(static now => now.Key).ToArray();
                        if (changed is [var only] && only == setting)
                            found.Add(setting, name);
                    }
                }
            }
        }

        return found;
    }

    /// <summary>Metadata have no records within them, and the expression of a pattern is the pattern.</summary>
    private static string[] NamesFor(string setting) => setting == "Pattern.Expression" ? ["Pattern"] : [setting[(setting.LastIndexOf('.') + 1)..]];

    /// <summary>The record that a task would call the engine with; null when it refuses the item.</summary>
    private static object? Settings(Type type, (string Name, string Value)[] metadata)
    {
        using var task = (TrainctlTask)Activator.CreateInstance(type)!;
        task.BuildEngine = new SilentBuild();
        var item = new TaskItem("item");
        foreach (var (name, value) in metadata)
            item.SetMetadata(name, value);
        var operations = (IReadOnlyList<Operation>)typeof(TrainctlTask).GetMethod("BindOrLog", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(task, [item])!;
        return operations.Select(static operation => Captured(operation.Run.Target!)).FirstOrDefault();
    }

    private static object Captured(object closure) => closure.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Select(field => field.GetValue(closure)).OfType<object>().Single(static value => value.GetType().Name.EndsWith("Settings", StringComparison.Ordinal));

    /// <summary>A build that listens to nobody.</summary>
    private sealed class SilentBuild : IBuildEngine
    {
        public bool ContinueOnError => false;

        public int LineNumberOfTaskNode => 0;

        public int ColumnNumberOfTaskNode => 0;

        public string ProjectFileOfTaskNode => "train.proj";

        public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => false;

        public void LogCustomEvent(CustomBuildEventArgs e)
        {
        }

        public void LogErrorEvent(BuildErrorEventArgs e)
        {
        }

        public void LogMessageEvent(BuildMessageEventArgs e)
        {
        }

        public void LogWarningEvent(BuildWarningEventArgs e)
        {
        }
    }
}
