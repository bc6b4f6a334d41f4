namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// A file of <c>torch.save</c> whose name says which step or epoch it is: <c>model_step_500.pt</c>, <c>ckpt_500.pth</c>. Training scripts name them as they
/// like; one without such a word (<c>ckpt.pt</c> of karpathy/nanoGPT: train.py) is a model and no checkpoint.
/// </summary>
internal sealed class TorchFileLayout : FileLayout
{
    private static readonly string[] Extensions = [".pt", ".pth", ".ckpt"];

    public override string Name => "torch-file";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        foreach (var file in folder.Files.Where(static f => !f.IsClaimed).ToArray())
        {
            var extension = System.IO.Path.GetExtension(file.Name);
            if (!Extensions.Contains(extension, StringComparer.Ordinal) || ShardName.Parse(file.Name) is not null
                || NumberedName.ParseWords(file.Name[..^extension.Length]) is not { } name)
            {
                continue;
            }

            claims.AddFiles([file], folder, ClaimFor(folder, file.Name, name.Pattern + extension, file) with
            {
                Step = name.Step,
                Epoch = name.Epoch,
                Metrics = name.Metrics,
            });
        }
    }
}
