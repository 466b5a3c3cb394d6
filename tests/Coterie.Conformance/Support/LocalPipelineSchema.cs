using Coterie.Core.Learning;
using Coterie.Learning.Preprocessing;
using Coterie.Learning.Training;

namespace Coterie.Conformance.Support;

/// <summary>A sample's schema and rows as a learner sees them, agreed locally.</summary>
internal static class LocalPipelineSchema
{
    public static (Schema Schema, Shard Shard) Of(Schema schema, Shard shard, LearningTask task)
    {
        var agreement = new SchemaAgreement(task);
        var facts = LocalTraining.Train(agreement, schema, [shard], agreement.DefaultStop, 0, CancellationToken.None).Model;
        return (agreement.TransformSchema(schema, facts), agreement.Transform(schema, facts, shard));
    }
}
