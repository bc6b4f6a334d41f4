namespace Trainctl.Testing.Frameworks;

/// <summary>Writes what torchtune writes.</summary>
public static class TorchtuneRun
{
    /// <summary>A full model in two shards; the last epoch has no recipe state.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string path, bool isLast = false)
    {
        yield return ($"{path}/model-00001-of-00002.safetensors", ModelFile.Safetensors());
        yield return ($"{path}/model-00002-of-00002.safetensors", ModelFile.Safetensors());
        yield return ($"{path}/model.safetensors.index.json", """{"metadata":{},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"""u8.ToArray());
        yield return ($"{path}/config.json", "{}"u8.ToArray());
        if (!isLast)
            yield return ($"{path}/recipe_state.pt", ModelFile.Zip());
    }

    /// <summary>Adapter weights alone, in torchtune's form and in PEFT's.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Adapter(string path)
    {
        yield return ($"{path}/adapter_model.pt", ModelFile.Zip());
        yield return ($"{path}/adapter_model.safetensors", ModelFile.Safetensors());
        yield return ($"{path}/adapter_config.json", "{}"u8.ToArray());
        yield return ($"{path}/recipe_state.pt", ModelFile.Zip());
    }

    /// <summary>The torchtune format: one file that is named as a shard, without an index.</summary>
    public static IEnumerable<(string Key, byte[] Content)> OneFile(string path)
    {
        yield return ($"{path}/model-00001-of-00001.bin", ModelFile.Zip());
        yield return ($"{path}/recipe_state.pt", ModelFile.Zip());
    }
}
