using Trainctl.Cli.Commands;

namespace Trainctl.Cli.Options;

/// <summary>Which objects, and how they are written.</summary>
internal static class ObjectOptions
{
    private const string Group = "objects";

    public static readonly Setting Include = Setting.List("--include", "glob", "Only keys that match, such as '*.safetensors' or 'run-1/**'.", Group);
    public static readonly Setting Exclude = Setting.AddingList("--exclude", "glob", "Not keys that match; stronger than --include.", Group);
    public static readonly Setting StorageClass = Setting.Text("--storage-class", "name", "Storage class of what is written, such as STANDARD_IA.", Group);
    public static readonly Setting Sse = Setting.Text("--sse", "AES256|aws:kms", "Server-side encryption of what is written.", Group, ["AES256", "aws:kms", "aws:kms:dsse"]);
    public static readonly Setting SseKmsKeyId = Setting.Text("--sse-kms-key-id", "id", "Key of --sse aws:kms. Default: the account's.", Group);
    public static readonly Setting DryRun = Setting.SwitchOfRun("--dry-run", "Say what would be done, and change nothing.", "-n");

    public static readonly Setting[] Filter = [Include, Exclude];
    public static readonly Setting[] Encryption = [Sse, SseKmsKeyId];
    public static readonly Setting[] Writing = [StorageClass, .. Encryption];

    /// <summary>The store settings of a command that writes.</summary>
    public static Storage.StoreSettings WritingStore(this Invocation run) =>
        run.Store() with { ServerSideEncryption = run.Text(Sse), KmsKeyId = run.Text(SseKmsKeyId) };
}
