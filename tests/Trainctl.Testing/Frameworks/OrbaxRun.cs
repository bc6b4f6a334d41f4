using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>Writes what Orbax writes.</summary>
public static class OrbaxRun
{
    /// <summary>A step with a tree of arrays, and with metrics.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string path, double? loss = null, bool commit = false)
    {
        var handlers = """ "default": "orbax.PyTreeCheckpointHandler" """ + (loss is null ? "" : """, "metrics": "orbax.JsonCheckpointHandler" """);
        yield return ($"{path}/default/_METADATA", """{"tree_metadata": {}, "use_ocdbt": true}"""u8.ToArray());
        yield return ($"{path}/default/_sharding", "{}"u8.ToArray());
        yield return ($"{path}/default/ocdbt.process_0/d/0a1b", new byte[64]);
        yield return ($"{path}/default/ocdbt.process_0/manifest.ocdbt", new byte[120]);
        yield return ($"{path}/default/d/2c3d", new byte[64]);
        yield return ($"{path}/default/manifest.ocdbt", new byte[120]);
        if (loss is not null)
            yield return ($"{path}/metrics/metrics", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"loss": {{loss}}, "bad": NaN}""")));
        yield return ($"{path}/_CHECKPOINT_METADATA", Encoding.UTF8.GetBytes($$"""{"item_handlers": { {{handlers}} }, "metrics": {}, "init_timestamp_nsecs": 1, "commit_timestamp_nsecs": 2}"""));
        if (commit)
            yield return ($"{path}/commit_success.txt", "Checkpoint commit was successful"u8.ToArray());
    }
}
