namespace Trainctl.Reporting;

/// <summary>A report laid out for reading, before it is known whether as text or as Markdown.</summary>
/// <param name="Title">One line.</param>
/// <param name="Tables">In reading order; empty tables are left out when drawn.</param>
/// <param name="Lines">Sentences below the tables: totals first, then notes.</param>
public sealed record ReportDocument(string Title, IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Lines);

/// <summary>A table of texts.</summary>
/// <param name="Title">One line above it; null for none.</param>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">Each as long as <paramref name="Columns"/>.</param>
public sealed record ReportTable(string? Title, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A column's heading.</summary>
/// <param name="Name">The heading.</param>
/// <param name="AlignRight">For numbers.</param>
public sealed record ReportColumn(string Name, bool AlignRight = false);
