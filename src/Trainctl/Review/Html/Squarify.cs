namespace Trainctl.Review.Html;

/// <summary>A rectangle of a drawing.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height)
{
    public Box Inset(double by, double top) =>
        new(X + by, Y + top, Math.Max(0, Width - (2 * by)), Math.Max(0, Height - top - by));
}

/// <summary>
/// Divides a rectangle into rectangles of given areas that are as square as can be (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).
/// </summary>
internal static class Squarify
{
    /// <summary>One box for each weight, in the same order. Weights are at least 0 and fall.</summary>
    public static Box[] Divide(Box box, IReadOnlyList<double> weights)
    {
        var boxes = new Box[weights.Count];
        var left = weights.Sum();
        var start = 0;
        while (start < weights.Count)
        {
            var scale = left > 0 ? box.Width * box.Height / left : 0;
            var side = Math.Min(box.Width, box.Height);
            var (end, sum) = (start, 0.0);
            while (end < weights.Count && (end == start || Worst(weights, start, end + 1, sum + weights[end], scale, side) <= Worst(weights, start, end, sum, scale, side)))
                sum += weights[end++];
            box = Place(boxes, weights, start, end, sum, left, box);
            left -= sum;
            start = end;
        }

        return boxes;
    }

    /// <summary>The worst ratio of sides in a row: that of its largest or of its smallest.</summary>
    private static double Worst(IReadOnlyList<double> weights, int start, int end, double sum, double scale, double side)
    {
        var area = sum * scale;
        if (area <= 0 || side <= 0)
            return double.MaxValue;
        var (largest, smallest) = (weights[start] * scale, weights[end - 1] * scale);
        return smallest <= 0 ? double.MaxValue : Math.Max(side * side * largest / (area * area), area * area / (side * side * smallest));
    }

    private static Box Place(Box[] boxes, IReadOnlyList<double> weights, int start, int end, double sum, double left, Box box)
    {
        var share = left > 0 ? sum / left : 0;
        var isColumn = box.Width >= box.Height;
        var thickness = (isColumn ? box.Width : box.Height) * share;
        var at = isColumn ? box.Y : box.X;
        for (var i = start; i < end; i++)
        {
            var length = (isColumn ? box.Height : box.Width) * (sum > 0 ? weights[i] / sum : 0);
            boxes[i] = isColumn ? new Box(box.X, at, thickness, length) : new Box(at, box.Y, length, thickness);
            at += length;
        }

        return isColumn
            ? box with { X = box.X + thickness, Width = Math.Max(0, box.Width - thickness) }
            : box with { Y = box.Y + thickness, Height = Math.Max(0, box.Height - thickness) };
    }
}
