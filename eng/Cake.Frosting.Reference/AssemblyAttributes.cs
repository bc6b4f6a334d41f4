using System.Runtime.CompilerServices;

[assembly: ReferenceAssembly]
