using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>Writes what Megatron-LM writes.</summary>
public static class MegatronRun
{
    /// <summary>A distributed checkpoint, with <c>metadata.json</c> last.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string path, int ranks = 2) => DistributedRun.Checkpoint(path, ranks)
        .Prepend(($"{path}/common.pt", ModelFile.Zip()))
        .Append(($"{path}/metadata.json", Encoding.UTF8.GetBytes("""{"sharded_backend": "torch_dist", "sharded_backend_version": 1, "common_backend": "torch"}""")));

    /// <summary>One folder for each tensor-parallel and pipeline-parallel rank.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Ranks(string path, int tensors = 2, int pipelines = 1, bool distributedOptimizer = false)
    {
        for (var tensor = 0; tensor < tensors; tensor++)
        {
            for (var pipeline = 0; pipeline < pipelines; pipeline++)
            {
                var rank = string.Create(CultureInfo.InvariantCulture, $"mp_rank_{tensor:D2}") + (pipelines == 1 ? "" : pipeline.ToString("_000", CultureInfo.InvariantCulture));
                yield return ($"{path}/{rank}/model_optim_rng.pt", ModelFile.Zip());
                if (distributedOptimizer)
                    yield return ($"{path}/{rank}/distrib_optim.pt", ModelFile.Zip());
            }
        }
    }

    /// <summary>The text that names a checkpoint.</summary>
    public static (string Key, byte[] Content) Latest(string folder, string text) => ($"{folder}/latest_checkpointed_iteration.txt", Encoding.UTF8.GetBytes(text));
}
