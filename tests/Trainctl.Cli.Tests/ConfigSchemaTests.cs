using System.Text.Json;
using System.Text.Json.Nodes;
using Trainctl.Cli.Configuration;
using Trainctl.Cli.Options;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>The schema by which editors complete <c>trainctl.json</c>. TRAINCTL_UPDATE_GOLDENS=1 rewrites it.</summary>
public sealed class ConfigSchemaTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Test]
    public void It_has_every_setting_of_the_configuration_file()
    {
        var path = Path.Combine(Repository.Root, "docs", "trainctl.schema.json");
        var expected = Schema().ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("TRAINCTL_UPDATE_GOLDENS") == "1")
            File.WriteAllText(path, expected);

        Assert.That(File.ReadAllText(path).ReplaceLineEndings("\n"), Is.EqualTo(expected));
    }

    private static JsonObject Schema()
    {
        var properties = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } };
        foreach (var group in ConfigSettings.All.GroupBy(static s => s.Group!))
        {
            properties[group.Key] = new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["properties"] = new JsonObject(group.Select(static s => KeyValuePair.Create(s.ConfigName, (JsonNode?)Described(s)))),
            };
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "trainctl.json",
            ["description"] = "Defaults for the options of trainctl. Options and environment variables (TRAINCTL_KEEP_LAST_N, ...) go before it.",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject Described(Setting setting) => new()
    {
        ["description"] = $"{setting.Name}: {setting.Option.Description}",
        ["type"] = setting.IsSwitch ? "boolean" : setting.IsList ? "array" : new JsonArray("string", "number", "boolean"),
    };
}
