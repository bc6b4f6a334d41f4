using Cake.Core;

namespace Trainctl.Cake.Frosting;

/// <summary>The context that Trainctl's tasks need. Derive from <see cref="TrainctlContext"/>, or implement it on a context of your own.</summary>
public interface ITrainctlContext : ICakeContext
{
    /// <summary>What the tasks do.</summary>
    TrainctlSettings Trainctl { get; }
}
