namespace Trainctl.MSBuild.Binding;

/// <summary>Names and texts from a project. Case does not matter in names, and an empty text is none, as everywhere in MSBuild.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public SettingValues()
    {
    }

    public SettingValues(SettingValues other) => _values = new(other._values, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Names => _values.Keys;

    public string? Get(string name) => _values.GetValueOrDefault(name);

    public SettingValues Set(string name, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            _values.Remove(name);
        else
            _values[name] = value;
        return this;
    }

    /// <summary>Takes a value out, for what is no setting of the engine.</summary>
    public string? Take(string name)
    {
        _values.Remove(name, out var value);
        return value;
    }
}
