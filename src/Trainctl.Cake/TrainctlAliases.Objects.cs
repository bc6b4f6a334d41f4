using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Sync;

namespace Trainctl.Cake;

public static partial class TrainctlAliases
{
    /// <summary>Makes a destination hold what a source holds. Deletes at the destination only on request.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// SyncObjects(new SyncSettings { Source = "s3://lab/logs", Destination = "logs" });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static SyncReport SyncObjects(this ICakeContext context, SyncSettings settings) =>
        SyncObjects(context, settings, CancellationToken.None);

    /// <summary>Makes a destination hold what a source holds. Deletes at the destination only on request.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// SyncObjects(new SyncSettings { Source = "s3://lab/logs", Destination = "logs" }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static SyncReport SyncObjects(this ICakeContext context, SyncSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.SyncAsync(settings, cancellationToken));
    }

    /// <summary>Copies one object, or with <c>Recursive</c> all objects below a prefix; either side is a store or a folder.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// CopyObjects(new CopySettings { Source = "model.safetensors", Destination = "s3://lab/models/" });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static SyncReport CopyObjects(this ICakeContext context, CopySettings settings) =>
        CopyObjects(context, settings, CancellationToken.None);

    /// <summary>Copies one object, or with <c>Recursive</c> all objects below a prefix; either side is a store or a folder.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// CopyObjects(new CopySettings { Source = "model.safetensors", Destination = "s3://lab/models/" }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static SyncReport CopyObjects(this ICakeContext context, CopySettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.CopyAsync(settings, cancellationToken));
    }

    /// <summary>Lists the objects below a URL.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ListObjects(new ListSettings { Location = "s3://lab/checkpoints" });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static ListReport ListObjects(this ICakeContext context, ListSettings settings) =>
        ListObjects(context, settings, CancellationToken.None);

    /// <summary>Lists the objects below a URL.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ListObjects(new ListSettings { Location = "s3://lab/checkpoints" }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static ListReport ListObjects(this ICakeContext context, ListSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.ListAsync(settings, cancellationToken));
    }
}
