using System.Reflection;
using System.Runtime.CompilerServices;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;

namespace Trainctl.MSBuild.Binding;

/// <summary>
/// Fills a settings record of the engine from texts by the names of its properties; those of the records within it (store, transfer, policy, pattern) are
/// names of the same level. So every setting of the engine can be given, and none is declared twice.
/// </summary>
internal static class SettingsBinder
{
    /// <summary>Every name that a record takes.</summary>
    public static IReadOnlyCollection<string> NamesOf(Type record) => [.. Leaves(record).Select(static p => NameOf(p)).Order(StringComparer.Ordinal)];

    /// <summary>The record with these values; what has none keeps the engine's default.</summary>
    /// <exception cref="TrainctlException">A name is none of the record's, a value makes no sense, or a required one is missing.</exception>
    public static T Bind<T>(SettingValues values)
    {
        var names = NamesOf(typeof(T));
        foreach (var name in values.Names)
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw UnknownName(name, names);
        }

        return (T)Create(typeof(T), values);
    }

    private static object Create(Type record, SettingValues values)
    {
        if (record == typeof(CheckpointPattern))
            return Fill(new CheckpointPattern(values.Get("Pattern") ?? throw Missing("Pattern")), values);
        return Fill(Activator.CreateInstance(record)!, values);
    }

    private static object Fill(object settings, SettingValues values)
    {
        foreach (var property in Settable(settings.GetType()))
        {
            if (IsRecord(property.PropertyType))
            {
                if (Leaves(property.PropertyType).Any(leaf => values.Get(NameOf(leaf)) is not null))
                    property.SetValue(settings, Create(property.PropertyType, values));
            }
            else if (values.Get(NameOf(property)) is { } text)
            {
                property.SetValue(settings, SettingText.Read(NameOf(property), text, property.PropertyType));
            }
            else if (property.GetCustomAttribute<RequiredMemberAttribute>() is not null)
            {
                throw Missing(property.Name);
            }
        }

        return settings;
    }

    private static IEnumerable<PropertyInfo> Leaves(Type record) =>
        Settable(record).SelectMany(static p => IsRecord(p.PropertyType) ? Leaves(p.PropertyType) : [p]);

    private static IEnumerable<PropertyInfo> Settable(Type record) => record.GetProperties().Where(static p => p.SetMethod is { IsPublic: true, IsStatic: false });

    private static bool IsRecord(Type type) =>
        type == typeof(CheckpointPattern) || type.Name.EndsWith("Settings", StringComparison.Ordinal) || type.Name.EndsWith("Policy", StringComparison.Ordinal);

    /// <summary>The expression of a pattern goes by the name that the pattern has in every record.</summary>
    private static string NameOf(PropertyInfo property) =>
        property is { Name: nameof(CheckpointPattern.Expression), DeclaringType.Name: nameof(CheckpointPattern) } ? "Pattern" : property.Name;

    private static TrainctlException Missing(string name) => new(TrainctlError.InvalidSetting, $"{name} is missing, and there is no default for it.", name);

    private static TrainctlException UnknownName(string name, IReadOnlyCollection<string> names) => new(
        TrainctlError.InvalidSetting,
        $"there is no setting {name}. {(NearestName.Of(name, names) is { } nearest ? $"Did you mean {nearest}?" : $"Choose from {string.Join(", ", names)}.")}",
        name);
}
