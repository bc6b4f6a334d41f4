using Cake.Core;
using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>A Frosting context with <see cref="TrainctlSettings"/> to fill in a derived constructor.</summary>
/// <example>
/// <code>
/// public sealed class BuildContext : TrainctlContext
/// {
///     public BuildContext(ICakeContext context)
///         : base(context)
///     {
///         Trainctl.StageData = () => new() { Source = "s3://lab/digits", Destination = "data/digits" };
///     }
/// }
/// </code>
/// </example>
public abstract class TrainctlContext : FrostingContext, ITrainctlContext
{
    /// <summary>Reads <c>--dry-run</c> and listens to Ctrl-C from now on.</summary>
    /// <param name="context">Cake's.</param>
    protected TrainctlContext(ICakeContext context)
        : base(context) => Trainctl = new TrainctlSettings(context);

    /// <summary>Does the same, and fails with exit code 2 when the build was given an option that it does not have. Cake itself ignores unknown options.</summary>
    /// <param name="context">Cake's.</param>
    /// <param name="options">The build's own options, without dashes.</param>
    protected TrainctlContext(ICakeContext context, params string[] options)
        : this(context) => PipelineFailure.Watch(() => ScriptArguments.CheckOptions(context.Arguments, options));

    /// <inheritdoc/>
    public TrainctlSettings Trainctl { get; }
}
