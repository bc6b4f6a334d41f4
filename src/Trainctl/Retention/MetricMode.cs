using System.Text.Json.Serialization;

namespace Trainctl.Retention;

/// <summary>Which values of a metric are better.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetricMode>))]
public enum MetricMode
{
    /// <summary>Lower is better, as of a loss.</summary>
    Min,

    /// <summary>Higher is better, as of an accuracy.</summary>
    Max,
}
