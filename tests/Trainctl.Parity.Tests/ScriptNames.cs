using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Cake;
using Trainctl.Cake.Frosting;

namespace Trainctl.Parity.Tests;

/// <summary>What takes a record in builds that are C#. Its properties are the engine's own, so that no setting has another name there.</summary>
internal static class ScriptNames
{
    /// <summary>The alias of a Cake script; null when there is none.</summary>
    public static string? AliasOf(Type record) => typeof(TrainctlAliases).GetMethods()
        .Where(static method => method.IsDefined(typeof(CakeMethodAliasAttribute), inherit: false))
        .FirstOrDefault(method => method.GetParameters() is [var context, var settings] && context.ParameterType == typeof(ICakeContext) && settings.ParameterType == record)
        ?.Name;

    /// <summary>The step of a Frosting build; null when there is none, and the engine is called through <see cref="TrainctlSteps.RunTrainctlAsync"/>.</summary>
    public static string? StepOf(Type record) => typeof(TrainctlSettings).GetProperties()
        .FirstOrDefault(property => property.PropertyType == typeof(Func<>).MakeGenericType(record))?.Name;

    /// <summary>The method of a Frosting build for tasks of its own; null when there is none.</summary>
    public static string? MethodOf(Type record) => typeof(TrainctlSteps).GetMethods()
        .FirstOrDefault(method => method.GetParameters() is [_, var settings] && settings.ParameterType == record)?.Name;
}
