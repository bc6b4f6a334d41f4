using Mono.Cecil;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>What an assembly offers to code that compiles against it, as lines of text.</summary>
internal static class PublicSurface
{
    public static string[] Of(string dll)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(dll);
        return
        [
            $"{assembly.Name.Name} {assembly.Name.Version}",
            .. assembly.MainModule.Types.Where(static type => type.IsPublic).SelectMany(static type => Lines(type).Concat(type.Methods.Where(IsVisible).Select(Line))),
        ];
    }

    private static IEnumerable<string> Lines(TypeDefinition type)
    {
        var kind = type.IsInterface ? "interface" : "class";
        yield return $"{kind} {type.FullName} abstract={type.IsAbstract} sealed={type.IsSealed} : {type.BaseType?.FullName}";
        foreach (var implemented in type.Interfaces.Select(static i => i.InterfaceType).Where(static i => i.FullName != "Cake.Core.ICakeContext"))
            yield return $"{type.FullName} implements {implemented.FullName}";
        foreach (var usage in type.CustomAttributes.Where(static a => a.AttributeType.Name == nameof(AttributeUsageAttribute)))
        {
            yield return $"{type.FullName} usage {string.Join(' ', usage.ConstructorArguments.Select(static a => a.Value))} "
                + string.Join(' ', usage.Properties.Select(static p => $"{p.Name}={p.Argument.Value}").Order(StringComparer.Ordinal));
        }

        foreach (var parameter in type.GenericParameters)
            yield return $"{type.FullName} {Constraints(parameter)}";
    }

    private static string Line(MethodDefinition method) =>
        $"{method.FullName} static={method.IsStatic} overridable={method.IsVirtual && !method.IsFinal} abstract={method.IsAbstract} "
        + string.Join(' ', method.GenericParameters.Select(Constraints));

    private static bool IsVisible(MethodDefinition method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Constraints(GenericParameter parameter) =>
        $"{parameter.Name} class={parameter.HasReferenceTypeConstraint} new={parameter.HasDefaultConstructorConstraint} "
        + string.Join(' ', parameter.Constraints.Select(static c => c.ConstraintType.FullName));
}
