using System.Collections;
using System.Globalization;

namespace Trainctl.Parity.Tests;

/// <summary>A setting of a record: the records within it are part of its name, as in <c>Store.Region</c>.</summary>
/// <param name="Type">In words.</param>
/// <param name="Value">As text; empty for none.</param>
internal readonly record struct SettingValue(string Type, string Value);

/// <summary>Lays a settings record of the engine out flat, by reflection.</summary>
internal static class RecordValues
{
    /// <summary>All settings of a record and their values, in the order of their declaration; without what calls back, which no text can give.</summary>
    public static Dictionary<string, SettingValue> Of(object settings)
    {
        var flat = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        AddTo(flat, settings, "");
        return flat;
    }

    private static void AddTo(Dictionary<string, SettingValue> flat, object settings, string prefix)
    {
        foreach (var property in settings.GetType().GetProperties().Where(static p => p.CanWrite && !p.PropertyType.IsAssignableTo(typeof(Delegate))))
        {
            var value = property.GetValue(settings);
            var name = prefix + property.Name;
            if (IsRecord(property.PropertyType))
                AddTo(flat, value ?? Empty(property.PropertyType), name + ".");
            else
                flat.Add(name, new SettingValue(TypeName(property.PropertyType), Text(value)));
        }
    }

    private static bool IsRecord(Type type) => type is { IsClass: true, Name: not "ObjectUrl" } && type.Namespace!.StartsWith("Trainctl", StringComparison.Ordinal);

    /// <summary>What a record that is not there would be without values, so that its settings are listed all the same.</summary>
    private static object Empty(Type record) => record.GetConstructor(Type.EmptyTypes) is null ? Activator.CreateInstance(record, "")! : Activator.CreateInstance(record)!;

    private static string TypeName(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? TypeName(inner)
        : type.IsGenericType ? $"list of {TypeName(type.GetGenericArguments()[0])}"
        : type.Name switch { "Int32" or "Int64" => "whole number", "Double" => "number", "Boolean" => "switch", "TimeSpan" => "time", "ObjectUrl" => "URL", "Uri" => "address", "String" => "text", var name => name };

    private static string Text(object? value) => value switch
    {
        null => "",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable list => string.Join(", ", list.Cast<object>()),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
